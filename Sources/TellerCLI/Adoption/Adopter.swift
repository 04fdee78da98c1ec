import Foundation

/// The person at the terminal, as an adoption records it.
enum Adopter {
  /// User of the operating system and machine: `anna@desk-7`.
  static var name: String { "\(NSUserName())@\(ProcessInfo.processInfo.hostName)" }
}
