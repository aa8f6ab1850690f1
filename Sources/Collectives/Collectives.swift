// Grows with the first capability of Collectives.
