import Glibc
import LosslessJSON
import Policies

/// The median of the seconds that nine runs of `body` take, each long enough to time.
func median(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    var seconds: [Double] = []
    for _ in 0..<9 {
        let duration = try clock.measure(body)
        seconds.append(duration / .seconds(1))
    }
    return seconds.sorted()[4]
}

// With --rules only these, for whoever works on them.
try runRuleBenchmarks()
try runLineBenchmarks()
try runSearchBenchmarks()
if CommandLine.arguments.contains("--rules") { exit(0) }

/// A trust policy of ten statements, as long as the default quota lets one be.
let statements = (0..<10).map { number in
    #"{"Sid":"Component\#(number)","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/app/c\#(number)"},"#
        + #""Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"sts:ExternalId":"k\#(number)"}}}"#
}
let policy = #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#

/// An event with as many policies inside, to have something to read.
let text = "[" + (0..<400).map { _ in policy }.joined(separator: ",\n  ") + "]"
let bytes = Array(text.utf8)

let parse = try median {
    guard try JSON.parse(bytes).array?.count == 400 else { fatalError("the text was not read") }
}
print("JSON, parse\t\(Int(Double(bytes.count) / parse / 1e6))\tMB/s\t>= 100")

let value = try JSON.parse(bytes)
let write = median { _ = value.serialized() }
print("JSON, write\t\(Int(Double(bytes.count) / write / 1e6))\tMB/s")

let document = try PolicyDocument(text: policy)
let zone = ZoneOfTrust(account: "123456789012")
let principal = Principal(key: "AWS", value: "arn:aws:iam::999988887777:user/Alice")
let evaluate = median {
    for _ in 0..<2000 where document.denies(principal, ["sts:AssumeRole"], zone: zone) {
        fatalError("nothing denies this principal")
    }
}
print("trust policy of 10 statements, evaluate\t\(Int(2000 / evaluate))\t1/s\t>= 20000")

let whole = try median {
    for _ in 0..<200 {
        let read = try PolicyDocument(text: policy)
        let deny = try Deny.planned(
            finding: "a5018210-97c4-46c4-9456-0295898377b6",
            principal: principal,
            actions: ["sts:AssumeRole"],
            conditionKeys: [],
            zone: zone,
            dialect: .trustPolicy
        )
        let access = try GrantedAccess(
            principal,
            deny.actions,
            condition: JSONObject(),
            in: read,
            zone: zone,
            dialect: .trustPolicy
        )
        _ = try ProvenEdit(adding: [deny], to: read, against: access, zone: zone, dialect: .trustPolicy)
    }
}
print("the same, read, plan and prove\t\(Int(200 / whole))\t1/s")

try runBucketPolicyBenchmark()
