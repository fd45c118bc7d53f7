import java.nio.file.Files;
import java.nio.file.Path;
import org.cqframework.cql.cql2elm.CqlCompilerException;
import org.cqframework.cql.cql2elm.CqlCompilerOptions;
import org.cqframework.cql.cql2elm.CqlTranslator;
import org.cqframework.cql.cql2elm.DefaultLibrarySourceProvider;
import org.cqframework.cql.cql2elm.LibraryBuilder;
import org.cqframework.cql.cql2elm.LibraryManager;
import org.cqframework.cql.cql2elm.ModelManager;

/** Translates every .cql file of a folder to ELM JSON in another. Prints "error FILE PLACE MESSAGE" for what is wrong; exit status 1 then. */
public class Translate {
  public static void main(String[] args) throws Exception {
    Path in = Path.of(args[0]);
    Path out = Path.of(args[1]);
    // no annotations, locators or signatures: the answers do not need them
    CqlCompilerOptions options = new CqlCompilerOptions();
    options.getOptions().clear();
    options.setSignatureLevel(LibraryBuilder.SignatureLevel.None);
    LibraryManager libraries = new LibraryManager(new ModelManager(), options);
    libraries.getLibrarySourceLoader().registerProvider(new DefaultLibrarySourceProvider(in));
    boolean isBad = false;
    try (var files = Files.list(in)) {
      for (Path file : files.filter(p -> p.toString().endsWith(".cql")).sorted().toList()) {
        CqlTranslator translator = CqlTranslator.fromFile(file.toFile(), libraries);
        for (CqlCompilerException problem : translator.getErrors()) {
          isBad = true;
          String place = problem.getLocator() == null ? "" : problem.getLocator().toLocator();
          System.out.println("error " + file.getFileName() + " " + place + " " + problem.getMessage());
        }
        String name = file.getFileName().toString().replaceAll("\\.cql$", ".json");
        Files.writeString(out.resolve(name), translator.toJson());
      }
    }
    System.exit(isBad ? 1 : 0);
  }
}
