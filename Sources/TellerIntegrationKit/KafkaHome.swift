import Foundation

/// An unpacked Apache Kafka on this machine: its scripts, and the Java that they need.
struct KafkaHome: Sendable {
  let folder: URL

  /// The scripts that a broker needs.
  private static let scripts = ["kafka-storage.sh", "kafka-server-start.sh"]

  /// Reads `KAFKA_HOME`; a home that lacks a script or a Java is as good as none, and says why.
  static func find(
    in environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> Result<KafkaHome, IntegrationError> {
    guard let path = environment["KAFKA_HOME"], !path.isEmpty else {
      return .failure(
        IntegrationError(
          .notFound, "KAFKA_HOME is not set",
          hint: "unpack Apache Kafka 4 and set KAFKA_HOME to its folder"))
    }
    let home = KafkaHome(folder: URL(fileURLWithPath: path))
    for script in scripts where !isExecutable(home.script(script).path) {
      return .failure(IntegrationError(.notFound, "KAFKA_HOME (\(path)) has no bin/\(script)"))
    }
    guard hasJava(environment) else {
      return .failure(
        IntegrationError(
          .notFound, "Kafka needs Java 17, and there is no java",
          hint: "apt-get install openjdk-17-jre-headless, or set JAVA_HOME"))
    }
    return .success(home)
  }

  func script(_ name: String) -> URL {
    folder.appendingPathComponent("bin").appendingPathComponent(name)
  }

  /// Runs one of Kafka's tools to its end and returns what it printed.
  ///
  /// - Throws: `IntegrationError.Code.refused` with its last lines when it ends with a failure.
  @discardableResult
  func run(_ name: String, _ arguments: [String], environment: [String: String]) throws -> [String] {
    let tool = try ChildProcess(script(name), arguments, environment: environment)
    let status = try tool.waitForExit(within: .seconds(60))
    try tool.waitForOutputEnd(within: .seconds(5))
    guard status == 0 else {
      throw IntegrationError(.refused, "\(name) ended with \(status):\n\(tool.tail())")
    }
    return tool.standardOutput
  }

  private static func hasJava(_ environment: [String: String]) -> Bool {
    if let home = environment["JAVA_HOME"], !home.isEmpty { return isExecutable(home + "/bin/java") }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    return folders.contains { isExecutable($0 + "/java") }
  }

  private static func isExecutable(_ path: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: path)
  }
}
