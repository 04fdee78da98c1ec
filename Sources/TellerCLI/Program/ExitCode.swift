/// How the program ends; documented, and the same for every command.
enum ExitCode: Int32, CaseIterable, Sendable {
  /// Everything asked for was done.
  case done = 0
  /// A check failed, or a partition is halted: the program worked, and somebody must look.
  case checkFailed = 1
  /// Wrong usage, or the identity of another stream: nothing was touched.
  case wrongUsage = 2
  /// A server cannot be reached, or refused the login: trying again later may help.
  case unreachable = 3
  /// Anything else that ends the program.
  case fatal = 4

  /// For help.
  var meaning: String {
    switch self {
    case .done: "Done."
    case .checkFailed: "A check failed, something asked for was not done, or a partition is halted: look."
    case .wrongUsage: "Wrong usage, or the identity of another stream: nothing was touched."
    case .unreachable: "A server cannot be reached, or refused the login."
    case .fatal:
      "Anything else: a fenced client, another release's schema, a stuck thread. (A second SIGTERM: 143.)"
    }
  }
}
