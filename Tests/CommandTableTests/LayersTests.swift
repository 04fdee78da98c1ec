import CommandTable
import Testing

@Suite struct `Layers of configuration` {
  @Test func `win over one another in rising order`() throws {
    let file = "topic=from-file\n"
    let environment = ["TELLER_TOPIC": "from-env"]
    #expect(try Sample.run("worker --config f", file: file).string("--topic") == "from-file")
    #expect(try Sample.run("worker --config f", environment, file: file).string("--topic") == "from-env")
    let all = try Sample.run("worker --config f --topic flag", environment, file: file)
    #expect(all.string("--topic") == "flag")
    #expect(all.source("--topic") == .flag)
  }

  @Test func `take the file's path from the environment too`() throws {
    let invocation = try Sample.run("worker", ["TELLER_CONFIG": "f"], file: "# comment\n\n until-idle : 7 \n")
    #expect(invocation.seconds("--until-idle") == 7)
    #expect(invocation.source("--until-idle") == .file(line: 3))
  }

  @Test func `merge pairs key by key`() throws {
    let file = "kafka.a=file\nkafka.sasl.password=file\nkafka.only.file=1\n"
    let environment = ["TELLER_KAFKA_SASL_PASSWORD": "env", "TELLER_KAFKA_A": "env"]
    let pairs = try Sample.run("worker --config f --kafka a=flag", environment, file: file).pairs("--kafka")
    #expect(Set(pairs) == [.init("only.file", "1"), .init("sasl.password", "env"), .init("a", "flag")])
  }

  @Test func `ignore what Kubernetes sets for a service of the prefix's name`() throws {
    let environment = ["TELLER_KAFKA_SERVICE_HOST": "10.0.0.1", "TELLER_KAFKA_PORT": "tcp://10.0.0.1:9092"]
    #expect(try Sample.run("worker", environment).pairs("--kafka").isEmpty)
  }

  @Test func `treat an empty variable as absent`() throws {
    #expect(try Sample.run("worker", ["TELLER_TOPIC": ""]).string("--topic") == "transfers")
  }

  @Test func `let one file serve every command`() throws {
    let file = "topic=t\ncurrency=EUR\nwriters=2\n"
    #expect(try Sample.run("accounts open --config f", file: file).string("--currency") == "EUR")
    #expect(Sample.refusal("broker --config f", file: file)?.code == .missingOption)
  }

  @Test(arguments: [
    ("a=1\n", "line 1", "no option"), ("\n# x\ntopci=t\n", "line 3", "did you mean topic?"),
    ("topic=a\ntopic=b\n", "line 2", "first on line 1"), ("config=other\n", "line 1", "no option"),
    ("topic=\\uZZ\n", "line 1", "hexadecimal"),
  ])
  func `refuse a line of the file by its number`(file: String, line: String, reason: String) throws {
    let error = try #require(Sample.refusal("worker --config f", file: file))
    #expect(error.code == .configurationFile)
    #expect(error.what.contains(line))
    #expect((error.why + error.hint).contains(reason))
  }

  @Test func `name the layer of a value that is refused`() throws {
    let fromFile = try #require(Sample.refusal("worker --config f", file: "writers=0\n"))
    #expect(fromFile.what.contains("line 1 of the configuration file"))
    let fromEnvironment = try #require(Sample.refusal("worker", ["TELLER_UNTIL_IDLE": "x"]))
    #expect(fromEnvironment.what.contains("TELLER_UNTIL_IDLE"))
  }

  @Test func `refuse a file that cannot be read`() throws {
    #expect(Sample.refusal("worker --config /nowhere")?.code == .configurationFile)
  }

  @Test(arguments: [
    ("topic=a b ", "a b"), ("topic a", "a"), ("topic:a=b", "a=b"), ("topic=a\\\n   b", "ab"),
    ("topic=a\\tb", "a\tb"),
    ("t\\u006fpic=\\u00e9", "é"), ("topic=a\\\\", "a\\"), ("  topic = # no comment", "# no comment"),
    ("topic=a\r\n", "a"),
  ])
  func `read the file as Java's properties`(file: String, value: String) throws {
    #expect(try Sample.run("worker --config f", file: file).string("--topic") == value)
  }
}
