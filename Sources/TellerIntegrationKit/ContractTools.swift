public import Foundation

/// The programs with which tests play a service in another language: Debian's Python and its modules, and kcat.
///
/// They are in `deploy/lib/packages.sh`. Where one is missing such tests may be skipped, unless `CI` or
/// `TELLER_REQUIRE_KAFKA` is set: then they run, and fail.
public enum ContractTools {
  /// The Python that Debian's modules belong to; another one may stand before it in the path.
  public static let python = URL(fileURLWithPath: "/usr/bin/python3")
  /// The client for shells.
  public static let kcat = URL(fileURLWithPath: "/usr/bin/kcat")

  /// What is missing, in words; nil: nothing is.
  public static let missing: String? = {
    let modules = ["confluent_kafka", "jsonschema", "yaml"]
    guard FileManager.default.isExecutableFile(atPath: python.path),
      let answer = try? run(
        python, ["-c", "import \(modules.joined(separator: ", "))"], within: .seconds(20)),
      answer.exitStatus == 0
    else {
      return "no \(python.path) with \(modules.joined(separator: ", "))"
        + " (apt-get install python3-confluent-kafka python3-jsonschema python3-yaml)"
    }
    guard FileManager.default.isExecutableFile(atPath: kcat.path) else {
      return "no \(kcat.path) (apt-get install kcat)"
    }
    return nil
  }()

  /// False only where tests that need these programs may be skipped; for `.enabled(if:)`.
  public static var areExpected: Bool {
    let environment = ProcessInfo.processInfo.environment
    let required = ["CI", "TELLER_REQUIRE_KAFKA"].contains { !(environment[$0] ?? "").isEmpty }
    return missing == nil || required
  }

  /// Runs a program to its end and returns it, with its exit status and output.
  ///
  /// - Throws: `IntegrationError` when it cannot be started or has not ended in time; it is ended then.
  public static func run(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:],
    within limit: Duration = .seconds(60)
  ) throws -> ChildProcess {
    let child = try ChildProcess(program, arguments, environment: environment)
    try child.waitForExit(within: limit)
    try child.waitForOutputEnd(within: .seconds(5))
    return child
  }

  /// Runs a script with Debian's Python and returns what it printed.
  ///
  /// - Throws: `IntegrationError` as `run`, and with its last lines where it ended with a failure.
  public static func python(_ script: URL, _ arguments: [String]) throws -> [String] {
    let child = try run(python, [script.path] + arguments)
    guard child.exitStatus == 0 else {
      throw IntegrationError(
        .refused, "\(script.lastPathComponent) ended with \(child.exitStatus ?? -1):\n\(child.tail())",
        hint: missing ?? "")
    }
    return child.standardOutput
  }
}
