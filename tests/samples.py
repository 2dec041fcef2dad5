"""Small data and shapes that tests of validation share."""

HEAD = """@base <https://w3id.org/neagraph/id/> .
@prefix nea: <https://w3id.org/neagraph/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
MEETING = """<meeting/example-1> a nea:ExpertMeeting ;
  rdfs:label "Example"@en ;
  nea:heldTime <timespan/example-1/held> ;
  nea:conveningBasis <voc/basis/unstated> .
<timespan/example-1/held> a nea:TimeSpan .
"""
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://example.org/> .
e:Shape a sh:NodeShape ; sh:targetClass e:C ; sh:property e:Property .
e:Property sh:path e:p ; sh:maxLength 2 ; sh:message "Too long." .
"""
WRONG = HEAD + MEETING.replace("rdfs:label", "rdfs:lable")
THEIRS = "@prefix e: <http://example.org/> .\ne:x a e:C ;\n  e:p 'long' ."
