enum PlaceholderTellerPostgres {}
