import { expect, test } from 'vitest'
import { placesOf } from '../../src/store/places.ts'

/** Worked by hand from the PostgreSQL documentation, 34.1.1.3. */
test.each([
  {
    name: 'one server',
    given: 'postgres://me:pw@db:5432/charts?sslmode=require',
    places: ['postgres://me:pw@db:5432/charts?sslmode=require'],
  },
  {
    name: 'two servers',
    given: 'postgres://me:p%2Cw@one:5432,two:5433/charts?sslmode=verify-full',
    places: ['postgres://me:p%2Cw@one:5432/charts?sslmode=verify-full', 'postgres://me:p%2Cw@two:5433/charts?sslmode=verify-full'],
  },
  {
    name: 'three, no port, no name',
    given: 'postgresql://a,b,c/charts',
    places: ['postgresql://a/charts', 'postgresql://b/charts', 'postgresql://c/charts'],
  },
  {
    name: 'an IPv6 address among them',
    given: 'postgres://me@[::1]:5432,two/charts',
    places: ['postgres://me@[::1]:5432/charts', 'postgres://me@two/charts'],
  },
  {
    name: 'two sockets',
    given: 'postgres://me@localhost/charts?host=/run/one,/run/two',
    places: ['postgres://me@localhost/charts?host=%2Frun%2Fone', 'postgres://me@localhost/charts?host=%2Frun%2Ftwo'],
  },
  {
    name: 'two sockets, a port each',
    given: 'postgres://me@localhost/charts?host=/run/one,/run/two&port=5432,5433',
    places: ['postgres://me@localhost/charts?host=%2Frun%2Fone&port=5432', 'postgres://me@localhost/charts?host=%2Frun%2Ftwo&port=5433'],
  },
  { name: 'one socket', given: 'postgres://me@localhost/charts?host=/run/one', places: ['postgres://me@localhost/charts?host=/run/one'] },
])('$name', ({ given, places }) => {
  expect(placesOf(given)).toEqual(places)
})
