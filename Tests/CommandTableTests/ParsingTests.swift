import CommandTable
import Testing

@Suite struct `A command line` {
  @Test func `gives each kind of value`() throws {
    let line =
      "--json worker --until-idle 1.5m --writers=4 --read-ahead 2KiB --hot 5% --kafka a=b --kafka c=d=e"
    let invocation = try Sample.run(line)
    #expect(invocation.command.path == ["worker"])
    #expect(invocation.flag("--json"))
    #expect(invocation.seconds("--until-idle") == 90)
    #expect(invocation.integer("--writers") == 4)
    #expect(invocation.integer("--read-ahead") == 2048)
    #expect(invocation.share("--hot") == 0.05)
    #expect(invocation.pairs("--kafka") == [.init("a", "b"), .init("c", "d=e")])
    #expect(invocation.string("--topic") == "transfers")
    #expect(invocation.source("--topic") == .standard)
    #expect(
      try Sample.run("accounts open --currency EUR --overdraft unlimited").string("--overdraft")
        == "unlimited")
    #expect(try Sample.run("accounts open --currency EUR --overdraft -5").integer("--overdraft") == -5)
    #expect(try Sample.run("broker --topic a:1 --topic b:2").list("--topic") == ["a:1", "b:2"])
  }

  @Test func `gives arguments, and ends options at two dashes`() throws {
    #expect(try Sample.run("accounts show --json a").argument("ID") == "a")
    #expect(try Sample.run("accounts show -- --json").argument("ID") == "--json")
    #expect(try Sample.run("completions bash -").argument("FILE") == "-")
    #expect(try Sample.run("completions bash").argument("FILE") == nil)
    #expect(try Sample.run("accounts close a --json b").arguments("ID") == ["a", "b"])
    #expect(try Sample.run("accounts close").arguments("ID").isEmpty)
  }

  @Test(
    arguments: [
      ("", .missingCommand, ""),
      ("accounts", .missingCommand, "accounts open, accounts show, accounts close"),
      ("wroker", .unknownCommand, "did you mean teller worker?"),
      ("account open", .unknownCommand, "did you mean teller accounts?"),
      ("accounts opne", .unknownCommand, "did you mean teller accounts open?"),
      ("worker --util-idle 5", .unknownOption, "did you mean --until-idle?"),
      ("worker --until 5", .unknownOption, "did you mean --until-idle?"),
      ("worker --overdraft 5", .unknownOption, "teller worker --help"),
      ("--overdraft 5 worker", .unknownOption, "teller worker --help"),
      ("worker -x", .unknownOption, "--help lists them"),
      ("worker --topic", .missingValue, "--topic NAME"),
      ("worker --topic --json", .missingValue, "--topic NAME"),
      ("worker --topic=", .invalidValue, "give a value"),
      ("worker --writers 0", .invalidValue, "1 to 64"), ("worker --writers many", .invalidValue, "a number"),
      ("worker --writers 99999999999999999999", .invalidValue, "a number"),
      ("worker --until-idle nan", .invalidValue, "seconds"),
      ("worker --until-idle 1e3", .invalidValue, "seconds"),
      ("worker --until-idle 0", .invalidValue, "1 to 3600 seconds"),
      ("worker --until-idle 0x10", .invalidValue, ""),
      ("worker --until-idle \u{0665}", .invalidValue, ""),
      ("worker --read-ahead 9999999999GiB", .invalidValue, "64MiB"),
      ("worker --hot 1.01", .invalidValue, "0 to 1"),
      ("worker --kafka nokey", .invalidValue, "key=value"),
      ("worker --log-level inof", .invalidValue, "did you mean info?"),
      ("worker --json=maybe", .invalidValue, "true or false"),
      ("worker --writers 1 --writers 2", .repeatedOption, "keep one"),
      ("accounts open", .missingOption, "TELLER_CURRENCY"),
      ("accounts show", .missingArgument, "accounts show ID"),
      ("accounts show a b", .unexpectedArgument, "accounts show ID"),
      ("completions bsah", .invalidValue, "mean bash"),
    ] as [(String, UsageError.Code, String)])
  func `is refused with what, why and what to do`(line: String, code: UsageError.Code, hint: String) throws {
    let error = try #require(Sample.refusal(line))
    #expect(error.code == code)
    #expect(hint.isEmpty || error.hint.contains(hint))
    #expect(!error.what.isEmpty && !error.why.isEmpty && !error.hint.isEmpty)
    #expect(error.description.split(separator: "\n").count == 3)
  }

  @Test func `says whose option a stray one is`() throws {
    #expect(try #require(Sample.refusal("worker --overdraft 5")).why.contains("accounts open"))
  }

  @Test(arguments: [
    "worker --kafka sasl.password:hunter2", "worker --topicc=hunter2", "status=hunter2",
    "postgres://u:hunter2@h", "worker postgres://u:hunter2@h",
  ])
  func `is not repeated where it may hold a secret`(line: String) throws {
    #expect(!(try #require(Sample.refusal(line)).description.contains("hunter2")))
  }
}
