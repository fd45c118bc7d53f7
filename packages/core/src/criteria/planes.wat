;; A small machine over bit planes: one bit a case, 1024 cases (128 bytes, 8 vectors) a plane.
;; Code is a list of 32-bit words: operator, destination, operands. Addresses are bytes in the one memory.
;; Columns hold all cases; the block that is worked on starts at case $row. Planes hold the block alone.
(module
  (import "env" "memory" (memory 1 65536 shared))

  ;; runs the words from $at to $end for the 1024 cases from $row on
  (func (export "run") (param $at i32) (param $end i32) (param $row i32)
    (local $op i32) (local $to i32) (local $i i32) (local $stop i32) (local $from i32)
    (local $v v128) (local $low v128) (local $high v128) (local $bits i32) (local $k i32) (local $value f64) (local $table i32) (local $sum i64)
    (loop $next
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return)))
      (local.set $op (i32.load (local.get $at)))
      (local.set $to (i32.load offset=4 (local.get $at)))
      (block $done
      (block $keep
      (block $count
      (block $plane
      (block $lookup
      (block $range64
      (block $range16
      (block $range8
      (block $andnot
      (block $or
      (block $and
        (br_table $and $or $andnot $range8 $range16 $range64 $lookup $plane $count $keep (local.get $op)))

        ;; 0 and: to, n, sources
        (local.set $stop (i32.add (local.get $at) (i32.add (i32.const 12) (i32.shl (i32.load offset=8 (local.get $at)) (i32.const 2)))))
        (local.set $i (i32.const 0))
        (loop $vector
          (local.set $v (v128.const i32x4 -1 -1 -1 -1))
          (local.set $from (i32.add (local.get $at) (i32.const 12)))
          (loop $source
            (local.set $v (v128.and (local.get $v) (v128.load (i32.add (i32.load (local.get $from)) (local.get $i)))))
            (local.set $from (i32.add (local.get $from) (i32.const 4)))
            (br_if $source (i32.lt_u (local.get $from) (local.get $stop))))
          (v128.store (i32.add (local.get $to) (local.get $i)) (local.get $v))
          (local.set $i (i32.add (local.get $i) (i32.const 16)))
          (br_if $vector (i32.lt_u (local.get $i) (i32.const 128))))
        (local.set $at (local.get $stop))
        (br $done))

        ;; 1 or: to, n, sources
        (local.set $stop (i32.add (local.get $at) (i32.add (i32.const 12) (i32.shl (i32.load offset=8 (local.get $at)) (i32.const 2)))))
        (local.set $i (i32.const 0))
        (loop $vector
          (local.set $v (v128.const i32x4 0 0 0 0))
          (local.set $from (i32.add (local.get $at) (i32.const 12)))
          (loop $source
            (local.set $v (v128.or (local.get $v) (v128.load (i32.add (i32.load (local.get $from)) (local.get $i)))))
            (local.set $from (i32.add (local.get $from) (i32.const 4)))
            (br_if $source (i32.lt_u (local.get $from) (local.get $stop))))
          (v128.store (i32.add (local.get $to) (local.get $i)) (local.get $v))
          (local.set $i (i32.add (local.get $i) (i32.const 16)))
          (br_if $vector (i32.lt_u (local.get $i) (i32.const 128))))
        (local.set $at (local.get $stop))
        (br $done))

        ;; 2 and-not: to, a, b
        (local.set $i (i32.const 0))
        (loop $vector
          (v128.store (i32.add (local.get $to) (local.get $i))
            (v128.andnot
              (v128.load (i32.add (i32.load offset=8 (local.get $at)) (local.get $i)))
              (v128.load (i32.add (i32.load offset=12 (local.get $at)) (local.get $i)))))
          (local.set $i (i32.add (local.get $i) (i32.const 16)))
          (br_if $vector (i32.lt_u (local.get $i) (i32.const 128))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $done))

        ;; 3 range of bytes: to, column, least, greatest
        (local.set $low (i8x16.splat (i32.load offset=12 (local.get $at))))
        (local.set $high (i8x16.splat (i32.load offset=16 (local.get $at))))
        (local.set $from (i32.add (i32.load offset=8 (local.get $at)) (local.get $row)))
        (local.set $stop (i32.add (local.get $from) (i32.const 1024)))
        (loop $vector
          (local.set $v (v128.load (local.get $from)))
          (i32.store16 (local.get $to)
            (i8x16.bitmask (v128.and (i8x16.ge_u (local.get $v) (local.get $low)) (i8x16.le_u (local.get $v) (local.get $high)))))
          (local.set $to (i32.add (local.get $to) (i32.const 2)))
          (local.set $from (i32.add (local.get $from) (i32.const 16)))
          (br_if $vector (i32.lt_u (local.get $from) (local.get $stop))))
        (local.set $at (i32.add (local.get $at) (i32.const 20)))
        (br $done))

        ;; 4 range of 16-bit numbers: to, column, least, greatest
        (local.set $low (i16x8.splat (i32.load offset=12 (local.get $at))))
        (local.set $high (i16x8.splat (i32.load offset=16 (local.get $at))))
        (local.set $from (i32.add (i32.load offset=8 (local.get $at)) (i32.shl (local.get $row) (i32.const 1))))
        (local.set $stop (i32.add (local.get $from) (i32.const 2048)))
        (loop $vector
          (local.set $v (v128.load (local.get $from)))
          (local.set $v (v128.and (i16x8.ge_u (local.get $v) (local.get $low)) (i16x8.le_u (local.get $v) (local.get $high))))
          (i32.store16 (local.get $to)
            (i8x16.bitmask (i8x16.narrow_i16x8_s (local.get $v)
              (v128.and
                (i16x8.ge_u (v128.load offset=16 (local.get $from)) (local.get $low))
                (i16x8.le_u (v128.load offset=16 (local.get $from)) (local.get $high))))))
          (local.set $to (i32.add (local.get $to) (i32.const 2)))
          (local.set $from (i32.add (local.get $from) (i32.const 32)))
          (br_if $vector (i32.lt_u (local.get $from) (local.get $stop))))
        (local.set $at (i32.add (local.get $at) (i32.const 20)))
        (br $done))

        ;; 5 range of floats, not-a-number in none: to, column, address of least and greatest (two f64, both inclusive)
        (local.set $low (f64x2.splat (f64.load (i32.load offset=12 (local.get $at)))))
        (local.set $high (f64x2.splat (f64.load offset=8 (i32.load offset=12 (local.get $at)))))
        (local.set $from (i32.add (i32.load offset=8 (local.get $at)) (i32.shl (local.get $row) (i32.const 3))))
        (local.set $stop (i32.add (local.get $from) (i32.const 8192)))
        (loop $byte
          (local.set $bits (i32.const 0))
          (local.set $k (i32.const 0))
          (loop $pair
            (local.set $v (v128.load (i32.add (local.get $from) (i32.shl (local.get $k) (i32.const 3)))))
            (local.set $bits (i32.or (local.get $bits)
              (i32.shl (i64x2.bitmask (v128.and (f64x2.ge (local.get $v) (local.get $low)) (f64x2.le (local.get $v) (local.get $high)))) (local.get $k))))
            (local.set $k (i32.add (local.get $k) (i32.const 2)))
            (br_if $pair (i32.lt_u (local.get $k) (i32.const 8))))
          (i32.store8 (local.get $to) (local.get $bits))
          (local.set $to (i32.add (local.get $to) (i32.const 1)))
          (local.set $from (i32.add (local.get $from) (i32.const 64)))
          (br_if $byte (i32.lt_u (local.get $from) (local.get $stop))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $done))

        ;; 6 look up 32-bit codes in a table of 0 and 1: to, column, table
        (local.set $table (i32.load offset=12 (local.get $at)))
        (local.set $from (i32.add (i32.load offset=8 (local.get $at)) (i32.shl (local.get $row) (i32.const 2))))
        (local.set $stop (i32.add (local.get $from) (i32.const 4096)))
        (loop $byte
          (local.set $bits (i32.const 0))
          (local.set $k (i32.const 0))
          (loop $bit
            (local.set $bits (i32.or (local.get $bits)
              (i32.shl
                (i32.load8_u (i32.add (local.get $table) (i32.load (i32.add (local.get $from) (i32.shl (local.get $k) (i32.const 2))))))
                (local.get $k))))
            (local.set $k (i32.add (local.get $k) (i32.const 1)))
            (br_if $bit (i32.lt_u (local.get $k) (i32.const 8))))
          (i32.store8 (local.get $to) (local.get $bits))
          (local.set $to (i32.add (local.get $to) (i32.const 1)))
          (local.set $from (i32.add (local.get $from) (i32.const 32)))
          (br_if $byte (i32.lt_u (local.get $from) (local.get $stop))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $done))

        ;; 7 the block of a column that is bits already: to, column
        (memory.copy (local.get $to)
          (i32.add (i32.load offset=8 (local.get $at)) (i32.shr_u (local.get $row) (i32.const 3)))
          (i32.const 128))
        (local.set $at (i32.add (local.get $at) (i32.const 12)))
        (br $done))

        ;; 8 add the number of set bits to a 64-bit counter: counter, source
        (local.set $i (i32.const 0))
        (local.set $from (i32.load offset=8 (local.get $at)))
        (local.set $sum (i64.load (local.get $to)))
        (loop $vector
          (local.set $sum (i64.add (local.get $sum) (i64.popcnt (i64.load (i32.add (local.get $from) (local.get $i))))))
          (local.set $i (i32.add (local.get $i) (i32.const 8)))
          (br_if $vector (i32.lt_u (local.get $i) (i32.const 128))))
        (i64.store (local.get $to) (local.get $sum))
        (local.set $at (i32.add (local.get $at) (i32.const 12)))
        (br $done))

        ;; 9 keep the plane as bits of a column: column, source
        (memory.copy
          (i32.add (local.get $to) (i32.shr_u (local.get $row) (i32.const 3)))
          (i32.load offset=8 (local.get $at))
          (i32.const 128))
        (local.set $at (i32.add (local.get $at) (i32.const 12)))
      )
      (br $next))))
