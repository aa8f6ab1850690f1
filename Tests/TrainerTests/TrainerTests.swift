// Grows with the first capability of Trainer.
