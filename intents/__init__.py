"""Understanding Chinese questions. Knows no content: it is given phrasings and vocabularies."""
