import ca.uhn.fhir.context.FhirContext;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.lang3.tuple.Pair;
import org.cqframework.cql.cql2elm.CqlCompilerOptions;
import org.cqframework.cql.cql2elm.DefaultLibrarySourceProvider;
import org.cqframework.cql.cql2elm.LibraryBuilder;
import org.cqframework.cql.cql2elm.LibraryManager;
import org.cqframework.cql.cql2elm.ModelManager;
import org.hl7.elm.r1.VersionedIdentifier;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Resource;
import org.opencds.cqf.cql.engine.data.CompositeDataProvider;
import org.opencds.cqf.cql.engine.execution.CqlEngine;
import org.opencds.cqf.cql.engine.execution.Environment;
import org.opencds.cqf.cql.engine.execution.ExpressionResult;
import org.opencds.cqf.cql.engine.fhir.model.R4FhirModelResolver;
import org.opencds.cqf.cql.engine.retrieve.RetrieveProvider;
import org.opencds.cqf.cql.engine.runtime.Code;

/**
 * Runs the definitions of one library in the Java reference engine, over bundles of case features.
 *
 * Arguments: folder of .cql files, id and version of the library, the day that is asked, a file with one bundle a line.
 * Prints one line a bundle: "answer " and, for each definition in the order of the file "questions" beside the bundles, t, f or u.
 */
public class Evaluate {
  public static void main(String[] args) throws Exception {
    CqlCompilerOptions options = new CqlCompilerOptions();
    options.getOptions().clear();
    options.getOptions().add(CqlCompilerOptions.Options.EnableResultTypes);
    options.setSignatureLevel(LibraryBuilder.SignatureLevel.All);
    LibraryManager libraries = new LibraryManager(new ModelManager(), options);
    libraries.getLibrarySourceLoader().registerProvider(new DefaultLibrarySourceProvider(Path.of(args[0])));
    VersionedIdentifier library = new VersionedIdentifier().withId(args[1]).withVersion(args[2]);
    LocalDate day = LocalDate.parse(args[3]);
    Path bundles = Path.of(args[4]);
    List<String> questions = Files.readAllLines(bundles.resolveSibling("questions"));
    Map<String, Object> parameters = new HashMap<>();
    var asOf = new org.opencds.cqf.cql.engine.runtime.Date(day);
    parameters.put("As of", asOf);
    parameters.put("SecondWindFacts.As of", asOf);

    FhirContext fhir = FhirContext.forR4();
    R4FhirModelResolver model = new R4FhirModelResolver();
    try (BufferedReader reader = Files.newBufferedReader(bundles)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        Bundle bundle = fhir.newJsonParser().parseResource(Bundle.class, line);
        RetrieveProvider retrieve = overBundle(bundle);
        Environment environment =
            new Environment(libraries, Map.of("http://hl7.org/fhir", new CompositeDataProvider(model, retrieve)), null);
        CqlEngine engine = new CqlEngine(environment, Set.of(CqlEngine.Options.EnableExpressionCaching));
        String id = bundle.getEntryFirstRep().getResource().getIdElement().getIdPart();
        var results = engine.evaluate(library, Set.copyOf(questions), Pair.of("Patient", id), parameters, null);
        StringBuilder answer = new StringBuilder("answer ");
        for (String question : questions) {
          ExpressionResult result = results.forExpression(question);
          Object value = result == null ? "no answer" : result.value();
          answer.append(value == null ? 'u' : Boolean.TRUE.equals(value) ? 't' : Boolean.FALSE.equals(value) ? 'f' : '?');
        }
        System.out.println(answer);
      }
    }
    System.exit(0);
  }

  private static RetrieveProvider overBundle(Bundle bundle) {
    Map<String, List<Object>> byCode = new HashMap<>();
    Map<String, List<Object>> byType = new HashMap<>();
    for (var entry : bundle.getEntry()) {
      Resource resource = entry.getResource();
      byType.computeIfAbsent(resource.fhirType(), type -> new ArrayList<>()).add(resource);
      if (resource instanceof Observation observation)
        byCode.computeIfAbsent(observation.getCode().getCodingFirstRep().getCode(), code -> new ArrayList<>()).add(resource);
    }
    return (context, contextPath, contextValue, dataType, templateId, codePath, codes, valueSet, datePath, low, high, range) -> {
      if (codes == null) return byType.getOrDefault(dataType, List.of());
      List<Object> found = new ArrayList<>();
      for (Code code : codes) found.addAll(byCode.getOrDefault(code.getCode(), List.of()));
      return found;
    };
  }
}
