import Foundation
import TellerIntegrationKit
import Testing

@testable import TellerCLI

/// Producers that are none of ours: each places keys in its own way.
enum ForeignProducer: String, CaseIterable, CustomTestStringConvertible, Sendable {
  /// librdkafka's own partitioner, as Python, .NET, Node and Rust have it.
  case kcat
  case kcatMurmur2 = "kcat with murmur2_random"
  case java

  var testDescription: String { rawValue }

  /// How it places keys.
  var partitioner: String { self == .kcat ? "crc32" : "murmur2" }

  private static let kcatPath = "/usr/bin/kcat"

  /// Where kcat is not installed (apt-get install kcat) its scenarios are skipped.
  static var here: [ForeignProducer] {
    FileManager.default.isExecutableFile(atPath: kcatPath) ? allCases : [.java]
  }

  static var hasKcat: Bool { here.contains(.kcat) }

  /// Sends the records of these settings, keys and values separated by a tabulator.
  func send(_ settings: TransferGenerator.Settings, to scenario: Scenario) throws {
    let file = NSTemporaryDirectory() + "/\(scenario.topic)-records"
    defer { try? FileManager.default.removeItem(atPath: file) }
    var text: [UInt8] = []
    for request in TransferGenerator(settings) {
      text += (request.key ?? []) + [UInt8(ascii: "\t")] + (request.value ?? []) + [UInt8(ascii: "\n")]
    }
    try Data(text).write(to: URL(fileURLWithPath: file))
    let servers = scenario.broker.bootstrapServers
    let child: ChildProcess
    switch self {
    case .kcat, .kcatMurmur2:
      let extra = self == .kcatMurmur2 ? ["-X", "partitioner=murmur2_random"] : []
      child = try ChildProcess(
        URL(fileURLWithPath: Self.kcatPath),
        ["-P", "-b", servers, "-t", scenario.topic, "-K", "\t", "-l", file] + extra)
    case .java:
      let home = ProcessInfo.processInfo.environment["KAFKA_HOME"] ?? ""
      let command = """
        exec "\(home)/bin/kafka-console-producer.sh" --bootstrap-server \(servers) --topic \(scenario.topic) \
        --property parse.key=true --property "key.separator=$(printf '\\t')" < "\(file)"
        """
      child = try ChildProcess(URL(fileURLWithPath: "/bin/sh"), ["-c", command])
    }
    let status = try child.waitForExit(within: .seconds(60))
    guard status == 0 else { throw ScenarioError("\(rawValue) ended with \(status): \(child.tail())") }
  }
}
