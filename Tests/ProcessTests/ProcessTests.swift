// Grows with the first capability of Process.
