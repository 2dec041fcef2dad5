"""Entailment: OWL 2 RL axioms compiled to SPARQL rules, their fixpoint, and owlrl as referee."""
