package import AWSClient
import LosslessJSON

/// Starts a run of a workflow. `ExecutionAlreadyExists` where one of that name was started with another input, or has
/// ended within 90 days.
///
/// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
package struct StartExecution: AWSOperation {
    package static let service = AWSService.stepFunctions
    package static let name = "StartExecution"
    package static let isWrite = true
    package let region: Region
    /// The state machine's ARN.
    package let stateMachineARN: String
    /// At most 80 letters, digits, hyphens and underscores.
    package let executionName: String
    /// JSON text of at most 256 KiB.
    package let input: String

    package init(stateMachineARN: String, executionName: String, input: String, region: Region) {
        self.stateMachineARN = stateMachineARN
        self.executionName = executionName
        self.input = input
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.0",
            target: "AWSStepFunctions.StartExecution",
            body: [
                "stateMachineArn": .string(stateMachineARN), "name": .string(executionName), "input": .string(input),
            ]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}

/// Ends a workflow's task that waits for its token, with its output. `TaskTimedOut` where it waits no more.
///
/// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
package struct SendTaskSuccess: AWSOperation {
    package static let service = AWSService.stepFunctions
    package static let name = "SendTaskSuccess"
    package static let isWrite = true
    package let region: Region
    /// Whoever has it can end the task: never to be logged.
    package let taskToken: String
    /// JSON text of at most 256 KiB.
    package let output: String

    package init(taskToken: String, output: String, region: Region) {
        self.taskToken = taskToken
        self.output = output
        self.region = region
    }

    package func wireRequest() throws(AWSError) -> WireRequest {
        .json(
            version: "1.0",
            target: "AWSStepFunctions.SendTaskSuccess",
            body: ["taskToken": .string(taskToken), "output": .string(output)]
        )
    }

    package func output(from response: WireResponse) throws(AWSError) {}
}
