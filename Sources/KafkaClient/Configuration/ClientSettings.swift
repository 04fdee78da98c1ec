// From named properties to an rd_kafka_conf_t. Nothing is skipped: a property that librdkafka does not know throws.

internal import CLibrdkafka

/// Settings under construction; given to librdkafka by `makeClient`.
struct ClientSettings: ~Copyable {
  private var conf: Owned<SettingsResource>
  private var secrets: [String]

  init(_ properties: [(name: String, value: String)]) throws(KafkaError) {
    let conf = unsafe Owned<SettingsResource>(rd_kafka_conf_new())
    for (name, value) in properties {
      try Self.set(name, to: value, in: conf)
    }
    self.secrets = properties.filter { KafkaConfiguration.isSecret($0.name) }.map(\.value)
    self.conf = consume conf
  }

  /// The bare settings, for setting callbacks.
  var pointer: OpaquePointer { unsafe conf.pointer }

  /// Makes the rd_kafka_t, which takes the settings over.
  consuming func makeClient(_ type: rd_kafka_type_t) throws(KafkaError) -> Owned<ClientResource> {
    var text = [CChar](repeating: 0, count: 512)
    let secrets = self.secrets
    let raw = unsafe conf.relinquish()
    guard let client = unsafe Owned<ClientResource>(ifAny: rd_kafka_new(type, raw, &text, text.count)) else {
      // On failure the settings stay ours (rdkafka.h, rd_kafka_new).
      let code = rd_kafka_last_error()
      unsafe rd_kafka_conf_destroy(raw)
      throw KafkaError(
        code: code == RD_KAFKA_RESP_ERR_NO_ERROR ? KafkaError.Code.invalidArgument : code.rawValue,
        message: Self.redact(String(terminated: text), secrets), isRetriable: false)
    }
    return client
  }

  private static func set(
    _ name: String, to value: String, in conf: borrowing Owned<SettingsResource>
  ) throws(KafkaError) {
    var text = [CChar](repeating: 0, count: 512)
    let result = unsafe rd_kafka_conf_set(conf.pointer, name, value, &text, text.count)
    if result == RD_KAFKA_CONF_OK { return }
    let cause = KafkaConfiguration.isSecret(name) ? "\(name) is not valid" : String(terminated: text)
    throw KafkaError(
      code: KafkaError.Code.invalidArgument, message: cause,
      hint: result == RD_KAFKA_CONF_UNKNOWN
        ? hint(forUnknown: name) : "see CONFIGURATION.md of librdkafka \(KafkaConfiguration.libraryVersion)")
  }

  private static func redact(_ text: String, _ secrets: [String]) -> String {
    var shown = text
    for secret in secrets where !secret.isEmpty { shown = shown.replacing(secret, with: "<redacted>") }
    return shown
  }

  private static func hint(forUnknown name: String) -> String {
    let nearest = knownProperties().min { distance($0, name) < distance($1, name) }
    let version = KafkaConfiguration.libraryVersion
    guard let nearest, distance(nearest, name) <= 4 else {
      return "librdkafka \(version) has no such property"
    }
    return "did you mean \(nearest)? librdkafka \(version) has no \(name)"
  }

  private static func knownProperties() -> [String] {
    let global = unsafe Owned<SettingsResource>(rd_kafka_conf_new())
    let topic = unsafe rd_kafka_topic_conf_new()
    defer { unsafe rd_kafka_topic_conf_destroy(topic) }
    var counts = (0, 0)
    let globalDump = unsafe rd_kafka_conf_dump(global.pointer, &counts.0)
    let topicDump = unsafe rd_kafka_topic_conf_dump(topic, &counts.1)
    defer {
      unsafe rd_kafka_conf_dump_free(globalDump, counts.0)
      unsafe rd_kafka_conf_dump_free(topicDump, counts.1)
    }
    var names: [String] = []
    // A dump alternates names and values.
    for index in stride(from: 0, to: counts.0, by: 2) {
      if let name = unsafe globalDump?[index] { unsafe names.append(String(cString: name)) }
    }
    for index in stride(from: 0, to: counts.1, by: 2) {
      if let name = unsafe topicDump?[index] { unsafe names.append(String(cString: name)) }
    }
    return names
  }

  /// Levenshtein's distance in bytes.
  private static func distance(_ one: String, _ other: String) -> Int {
    let (a, b) = (Array(one.utf8), Array(other.utf8))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
