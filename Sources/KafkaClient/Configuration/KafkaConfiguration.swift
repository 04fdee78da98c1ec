// Properties by librdkafka's names. Whoever builds a client adds its defaults and checks the rest.

/// How to reach a cluster: brokers and further librdkafka properties, which win over the defaults of each client.
public struct KafkaConfiguration: Sendable, CustomStringConvertible, CustomReflectable {
  /// librdkafka's properties by name, `bootstrap.servers` among them. May hold secrets.
  public var properties: [String: String]

  /// Names the brokers (`host:port`, comma-separated) and further properties.
  /// Nothing is checked here: the client's initializer, or `validate`, throws on a wrong property.
  public init(brokers: String, overrides: [String: String] = [:]) {
    properties = overrides
    properties["bootstrap.servers"] = brokers
  }

  /// The same configuration with further properties, which win.
  public func with(_ overrides: [String: String]) -> KafkaConfiguration {
    var changed = self
    changed.properties.merge(overrides) { _, later in later }
    return changed
  }

  /// The consumer group, if one is set.
  public var group: String? {
    guard let group = properties["group.id"], !group.isEmpty else { return nil }
    return group
  }

  /// The properties in alphabetical order, secrets redacted: safe to show.
  public var description: String {
    redacted.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }

  /// As `description`: `dump` and debuggers see no secret either.
  public var customMirror: Mirror { Mirror(self, children: ["properties": redacted]) }

  private var redacted: [String: String] {
    var shown = properties
    for name in shown.keys where Self.isSecret(name) { shown[name] = "<redacted>" }
    return shown
  }

  /// Whether a property's value must never be shown. Judged by name, so that an unknown one errs to silence.
  static func isSecret(_ name: String) -> Bool {
    let lower = name.lowercased()
    return ["password", "secret", "key.pem", "oauthbearer.config", "jaas", "kinit.cmd", "token"]
      .contains { lower.contains($0) }
  }
}
