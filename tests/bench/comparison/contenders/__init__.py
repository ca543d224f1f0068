"""Who is compared: one file a contender, all with the interface of contender.Contender."""
