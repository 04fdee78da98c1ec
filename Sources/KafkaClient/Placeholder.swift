enum PlaceholderKafkaClient {}
