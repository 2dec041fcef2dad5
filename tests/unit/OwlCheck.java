import java.io.File;
import org.semanticweb.HermiT.ReasonerFactory;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.OWLClass;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;
import org.semanticweb.owlapi.profiles.Profiles;
import org.semanticweb.owlapi.reasoner.OWLReasoner;

/**
 * Says of each Turtle file what breaks OWL 2 DL and OWL 2 RL, whether it is consistent by HermiT,
 * and which of its classes can have no member: one line each, file, kind and text between tabs.
 */
public class OwlCheck {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            OWLOntology ontology = OWLManager.createOWLOntologyManager()
                .loadOntologyFromOntologyDocument(new File(file));
            tell(file, "axioms", ontology.getLogicalAxiomCount());
            boolean dl = true;
            for (Profiles profile : new Profiles[] {Profiles.OWL2_DL, Profiles.OWL2_RL}) {
                for (OWLProfileViolation found : profile.checkOntology(ontology).getViolations()) {
                    tell(file, profile.name(), found);
                    dl &= profile != Profiles.OWL2_DL;
                }
            }
            if (!dl) {
                continue; // HermiT refuses what is not OWL 2 DL
            }
            OWLReasoner reasoner = new ReasonerFactory().createReasoner(ontology);
            boolean consistent = reasoner.isConsistent();
            tell(file, "consistent", consistent);
            if (consistent) {
                for (OWLClass empty : reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()) {
                    tell(file, "unsatisfiable", empty.getIRI());
                }
            }
        }
    }

    private static void tell(String file, String kind, Object text) {
        System.out.println(file + "\t" + kind + "\t" + text.toString().replaceAll("\\s+", " "));
    }
}
