import CommandTable

/// The options that several commands have, each written once.
enum SharedOptions {
  static let everywhere = OptionGroup(
    "Global options",
    [
      Option(
        "--json", .flag, environment: "TELLER_JSON", help: "Results and errors as JSON, one object a line."),
      Option(
        "--log-format", .choice(["text", "json"]), "FORMAT", environment: "TELLER_LOG_FORMAT",
        defaultValue: "text",
        help: "How the log on standard error is written."),
      Option(
        "--log-level", .choice(["trace", "debug", "info", "notice", "warning", "error"]), "LEVEL",
        environment: "TELLER_LOG_LEVEL", defaultValue: "info", help: "The least level that is written."),
      Option(
        "--config", .string, "FILE", environment: "TELLER_CONFIG", completesFiles: true,
        help: "A .properties file with values for options, one key=value a line."),
    ])

  static let topic = Option(
    "--topic", .string, "NAME", environment: "TELLER_TOPIC", defaultValue: "transfers",
    help: "The input topic.")

  static let group = Option(
    "--group", .string, "NAME", environment: "TELLER_GROUP", defaultValue: "teller",
    help: "The consumer group; recorded with the stream, and another one is refused.")

  static let postgres = OptionGroup(
    "PostgreSQL",
    [
      Option(
        "--postgres", .string, "URL", environment: "TELLER_POSTGRES_URL",
        defaultText: "libpq's own (PGHOST, PGUSER, ~/.pgpass and so on)",
        help: "A connection URL or libpq's key=value string. Keep the password in ~/.pgpass or PGPASSWORD.")
    ])

  /// For commands that only read what PostgreSQL holds about a stream.
  static let stream = OptionGroup("Stream", [topic])

  static let kafka = OptionGroup("Kafka", [brokers(isRequired: true), topic, property])

  /// For commands that tell more when they may also ask the broker.
  static let kafkaIfGiven = OptionGroup("Kafka", [brokers(isRequired: false), topic, property])

  /// For the audit, where `--kafka` also says that the topics are to be read.
  static let kafkaAudit = OptionGroup(
    "Kafka",
    [
      brokers(isRequired: false), topic,
      Option(
        "--kafka", .pairs, "[KEY=VALUE]", environment: "TELLER_KAFKA_", mayBeBare: true,
        help: "Also read the topics (needs --brokers); with a value, any librdkafka property."),
    ])

  private static func brokers(isRequired: Bool) -> Option {
    Option(
      "--brokers", .string, "HOST:PORT,…", environment: "TELLER_BROKERS", isRequired: isRequired,
      help: "Brokers to ask first.")
  }

  private static let property = Option(
    "--kafka", .pairs, "KEY=VALUE", environment: "TELLER_KAFKA_",
    help:
      "Any librdkafka property, such as security.protocol=SASL_SSL; in the file as kafka.KEY=VALUE,"
      + " in the environment with _ for each dot (TELLER_KAFKA_SASL_PASSWORD),"
      + " so that passwords stay off the command line."
  )
}
