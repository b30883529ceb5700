import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import SimulatedAccount

let ours = "123456789012"
let analyzer = "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/A"
let roleARN = "arn:aws:iam::123456789012:role/Audit"
let keyARN = "arn:aws:kms:us-east-1:123456789012:key/1234"

/// Our own account with what a test adds.
func simulated(_ more: [(String, JSON)] = []) throws -> SimulatedAccount {
    try SimulatedAccount(.object(JSONObject([("account", .string(ours))] + more)))
}

/// A finding of the role, as an account's file has it.
func finding(_ id: String, status: String = "ACTIVE", _ more: [(String, JSON)] = []) -> JSON {
    .object(
        JSONObject(
            [
                ("analyzerArn", .string(analyzer)), ("id", .string(id)), ("status", .string(status)),
                ("resource", .string(roleARN)), ("resourceType", "AWS::IAM::Role"),
            ] + more
        )
    )
}

/// Roles with an empty document each.
func roles(_ arns: String...) -> (String, JSON) {
    ("roles", .object(JSONObject(arns.map { ($0, ["trustPolicy": ["Statement": []]]) })))
}

/// The error that an operation is answered with; nil for an answer.
func refusal<Operation: AWSOperation>(_ operation: Operation, _ caller: SimulatedCaller) async -> AWSError? {
    do throws(AWSError) {
        _ = try await caller.call(operation)
        return nil
    } catch {
        return error
    }
}

/// A trust policy that IAM takes.
func trust(_ principal: String = "999988887777") -> String {
    let statement = #"{"Effect":"Allow","Principal":{"AWS":"\#(principal)"},"Action":"sts:AssumeRole"}"#
    return #"{"Version":"2012-10-17","Statement":[\#(statement)]}"#
}

func update(_ role: String, _ document: String = trust()) -> UpdateAssumeRolePolicy {
    UpdateAssumeRolePolicy(roleName: role, policyDocument: document, partition: .aws)
}
