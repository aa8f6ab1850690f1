// Grows with the first capability of Formats.
