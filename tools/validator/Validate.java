import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r5.elementmodel.Manager.FhirFormat;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;
import org.hl7.fhir.r5.utils.validation.constants.ReferenceValidationPolicy;
import org.hl7.fhir.utilities.http.ManagedWebAccess;
import org.hl7.fhir.utilities.validation.ValidationMessage;
import org.hl7.fhir.validation.ValidationEngine;
import org.hl7.fhir.validation.instance.advisor.BasePolicyAdvisorForFullValidation;

/**
 * HL7's FHIR validator over many files in one JVM, offline.
 *
 * Usage: java -Duser.home=HOME -cp 'lib/*' Validate.java PACKAGE#VERSION... -- FILE...
 * HOME/.fhir/packages holds the unpacked packages. Every profile a resource claims is checked, besides R4 itself.
 * Prints one JSON line a file: {"file","errors":[{"path","message","id"}],"warnings":[...]}, and a last line {"loaded":seconds,"checked":seconds}.
 * Nothing is asked of the network: it is prohibited in the settings, and there is no terminology server.
 */
public class Validate {
  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    // the engine reports its progress on standard output, which carries our lines only
    System.setOut(System.err);
    ManagedWebAccess.setAccessPolicy(ManagedWebAccess.WebAccessPolicy.PROHIBITED);
    long started = System.nanoTime();
    ValidationEngine engine = new ValidationEngine.ValidationEngineBuilder()
        .withVersion("4.0.1")
        .withNoTerminologyServer()
        .withCanRunWithoutTerminologyServer(true)
        .withTerminologyCachePath(Path.of(System.getProperty("user.home"), "terminology").toString())
        .fromSource("hl7.fhir.r4.core#4.0.1");
    int at = 0;
    for (; at < args.length && !args[at].equals("--"); at++) engine.getIgLoader().loadIg(engine.getIgs(), engine.getBinaries(), args[at], false);
    engine.setBestPracticeLevel(BestPracticeWarningLevel.Ignore);
    // our own code systems stand under an example address: they are private by intention
    engine.setAllowExampleUrls(true);
    // a reference that leaves the bundle (the patient of a plan) is not looked up anywhere
    engine.setPolicyAdvisor(new BasePolicyAdvisorForFullValidation(ReferenceValidationPolicy.CHECK_TYPE_IF_EXISTS, Set.of()));
    engine.prepare();
    double loaded = seconds(started);
    started = System.nanoTime();
    for (at++; at < args.length; at++) {
      List<ValidationMessage> messages = new ArrayList<>();
      try {
        engine.validate(Files.readAllBytes(Path.of(args[at])), FhirFormat.JSON, List.of(), messages);
      } catch (Exception failure) {
        out.println("{\"file\":" + quote(args[at]) + ",\"errors\":[{\"path\":\"\",\"message\":" + quote(String.valueOf(failure)) + ",\"id\":\"exception\"}],\"warnings\":[]}");
        continue;
      }
      out.println("{\"file\":" + quote(args[at]) + ",\"errors\":" + list(messages, true) + ",\"warnings\":" + list(messages, false) + "}");
    }
    out.println("{\"loaded\":" + loaded + ",\"checked\":" + seconds(started) + "}");
    out.flush();
    System.exit(0);
  }

  private static String list(List<ValidationMessage> messages, boolean errors) {
    StringBuilder list = new StringBuilder("[");
    for (ValidationMessage m : messages) {
      boolean wanted = errors ? m.getLevel().isError() : m.getLevel() == ValidationMessage.IssueSeverity.WARNING;
      if (!wanted) continue;
      if (list.length() > 1) list.append(',');
      list.append("{\"path\":").append(quote(m.getLocation())).append(",\"message\":").append(quote(m.getMessage()))
          .append(",\"id\":").append(quote(m.getMessageId())).append('}');
    }
    return list.append(']').toString();
  }

  private static double seconds(long since) {
    return Math.round((System.nanoTime() - since) / 1e8) / 10.0;
  }

  private static String quote(String words) {
    return words == null ? "\"\"" : new com.google.gson.JsonPrimitive(words).toString();
  }
}
