// Grows with the first capability of Shards.
