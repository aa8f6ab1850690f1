// Grows with the first capability of Reports.
