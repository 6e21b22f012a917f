import java.io.File;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.profiles.OWLProfileReport;
import org.semanticweb.owlapi.profiles.Profiles;

/** Prints "DL ok" and "RL ok", or each violation, for one ontology file; exits 1 on a violation. */
public class ProfileCheck {
    public static void main(String[] args) throws Exception {
        OWLOntology ontology = OWLManager.createOWLOntologyManager().loadOntologyFromOntologyDocument(new File(args[0]));
        boolean good = true;
        for (Profiles profile : new Profiles[] {Profiles.OWL2_DL, Profiles.OWL2_RL}) {
            OWLProfileReport report = profile.checkOntology(ontology);
            String name = profile.name().replace("OWL2_", "");
            System.out.println(report.isInProfile() ? name + " ok" : name + " " + report.getViolations());
            good &= report.isInProfile();
        }
        System.exit(good ? 0 : 1);
    }
}
