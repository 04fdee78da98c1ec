import CommandTable
import Foundation

/// Who overrules the machine: recorded with every adoption and every act on partitions, dead letters and the history.
enum ActingPerson {
  static let option = Option(
    "--by", .string, "NAME", environment: "TELLER_ACTOR", defaultText: "user@host",
    help: "Who acts. It is kept with the action.")

  /// As given, or as the system knows.
  static func name(_ invocation: Invocation) -> String {
    if let name = invocation.string("--by"), name.contains(where: { !$0.isWhitespace }) { return name }
    return systemName
  }

  /// User of the operating system and machine: `anna@desk-7`. The machine's name is not looked up in the network.
  static var systemName: String {
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, host.count - 1)
    let name = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // Through sudo it is the person, not root, whom somebody will want to ask.
    let caller = getuid() == 0 ? ProcessInfo.processInfo.environment["SUDO_USER"] : nil
    return "\(caller ?? NSUserName())@\(name)"
  }
}
