public import Foundation

/// The built program `teller`, run as users run it.
public enum TellerProcess {
  /// Where the program is: `TELLER_BINARY` in the environment, else beside the test bundle.
  ///
  /// - Throws: `IntegrationError.Code.notFound` with both places that were looked at.
  public static func binary() throws -> URL {
    if let path = ProcessInfo.processInfo.environment["TELLER_BINARY"], !path.isEmpty {
      return try executable(at: URL(fileURLWithPath: path), named: "TELLER_BINARY")
    }
    return try executable(at: testFolder.appendingPathComponent("teller"), named: "the build folder")
  }

  /// Starts `teller` with these arguments; `environment` is laid over the test's own.
  ///
  /// - Throws: `IntegrationError` when the program is not built or cannot be started.
  public static func start(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> ChildProcess {
    try ChildProcess(binary(), arguments, environment: environment)
  }

  /// Runs `teller` to its end and returns it, with its exit status and output.
  ///
  /// - Throws: `IntegrationError.Code.stillRunning` when it has not ended in time; it is ended then.
  public static func run(
    _ arguments: [String], environment: [String: String] = [:], within limit: Duration = .seconds(60)
  ) throws -> ChildProcess {
    let child = try start(arguments, environment: environment)
    try child.waitForExit(within: limit)
    try child.waitForOutputEnd(within: .seconds(5))
    return child
  }

  /// The folder of the running test bundle: SwiftPM puts every product of the build there.
  private static var testFolder: URL {
    let own = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments.first ?? ".")
    return own.resolvingSymlinksInPath().deletingLastPathComponent()
  }

  private static func executable(at url: URL, named place: String) throws -> URL {
    guard FileManager.default.isExecutableFile(atPath: url.path) else {
      throw IntegrationError(
        .notFound, "no program teller at \(url.path) (\(place))",
        hint: "run 'swift build', or set TELLER_BINARY to a built teller")
    }
    return url
  }
}
