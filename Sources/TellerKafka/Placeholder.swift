enum PlaceholderTellerKafka {}
