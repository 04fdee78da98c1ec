import Foundation

// A reader that has gone (`teller status | head`) is an error of one write, not the end of a worker.
signal(SIGPIPE, SIG_IGN)
let code = Program.run(Array(CommandLine.arguments.dropFirst()), ProcessInfo.processInfo.environment)
exit(code.rawValue)
