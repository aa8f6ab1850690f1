// Grows with the first capability of Model.
