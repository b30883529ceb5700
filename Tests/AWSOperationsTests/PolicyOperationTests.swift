import AWSClient
import AWSOperations
import Basics
import LosslessJSON
import Testing

private let policy = #"{"Statement":[{"Sid":"a&b"}]}"#
private let shown = #""{\"Statement\":[{\"Sid\":\"a&b\"}]}""#

/// Reading and writing what gives access, each on the wire as AWS's own reference has it.
@Suite struct PolicyOperationTests {
    @Test func dynamoDB() throws {
        let arn = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders"
        let get = GetTablePolicy(resourceARN: arn, region: region)
        #expect(try target(get) == "application/x-amz-json-1.0 DynamoDB_20120810.GetResourcePolicy")
        #expect(try body(get) == #"{"ResourceArn":"\#(arn)"}"#)
        let read = try read(get, #"{"Policy":\#(shown),"RevisionId":"7"}"#)
        #expect(read == ResourcePolicy(text: policy, revision: "7"))
        let put = PutTablePolicy(resourceARN: arn, policy: policy, revision: "7", region: region)
        #expect(try body(put) == #"{"ResourceArn":"\#(arn)","Policy":\#(shown),"ExpectedRevisionId":"7"}"#)
    }

    @Test func queues() throws {
        let url = "https://sqs.us-east-1.amazonaws.com/123456789012/orders"
        let get = GetQueuePolicy(queueURL: url, region: region)
        #expect(try target(get) == "application/x-amz-json-1.0 AmazonSQS.GetQueueAttributes")
        #expect(try body(get) == #"{"QueueUrl":"\#(url)","AttributeNames":["Policy"]}"#)
        #expect(try read(get, #"{"Attributes":{"Policy":\#(shown)}}"#) == ResourcePolicy(text: policy))
        #expect(try read(get, "{}") == ResourcePolicy(text: nil))
        let set = SetQueuePolicy(queueURL: url, policy: policy, region: region)
        #expect(try body(set) == #"{"QueueUrl":"\#(url)","Attributes":{"Policy":\#(shown)}}"#)
    }

    @Test func topics() throws {
        let arn = "arn:aws:sns:us-east-1:123456789012:news"
        let get = GetTopicPolicy(topicARN: arn, region: region)
        let answer = """
            <GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry><key>Policy</key>
            <value>{"Statement":[{"Sid":"a&amp;b"}]}</value></entry></Attributes></GetTopicAttributesResult>
            </GetTopicAttributesResponse>
            """
        #expect(try read(get, answer) == ResourcePolicy(text: policy))
        let set = try body(SetTopicPolicy(topicARN: arn, policy: policy, region: region))
        #expect(set.contains("Action=SetTopicAttributes&Version=2010-03-31"))
        #expect(set.contains("AttributeName=Policy&AttributeValue=%7B%22Statement%22"))
    }

    @Test func keys() throws {
        let arn = "arn:aws:kms:us-east-1:123456789012:key/1"
        let get = GetKeyPolicy(keyARN: arn, region: region)
        #expect(try target(get) == "application/x-amz-json-1.1 TrentService.GetKeyPolicy")
        #expect(try body(get) == #"{"KeyId":"\#(arn)","PolicyName":"default"}"#)
        let put = try body(PutKeyPolicy(keyARN: arn, policy: policy, region: region))
        #expect(put == #"{"KeyId":"\#(arn)","PolicyName":"default","Policy":\#(shown)}"#)
        #expect(!put.contains("Bypass"))
        let list = ListGrants(keyARN: arn, marker: "m", region: region)
        #expect(try body(list) == #"{"KeyId":"\#(arn)","Limit":100,"Marker":"m"}"#)
        let page = try read(
            list,
            #"""
            {"Grants":[{"GrantId":"g","GranteePrincipal":"arn:aws:iam::999988887777:root","Operations":["Decrypt"]}],
             "Truncated":true,"NextMarker":"n"}
            """#
        )
        #expect(
            page.grants == [KeyGrant(id: "g", grantee: "arn:aws:iam::999988887777:root", operations: ["Decrypt"])]
        )
        #expect(page.nextMarker == "n")
        #expect(refusal(list, "{}") == .unavailable)
    }

    @Test func secretsAndRepositories() throws {
        let get = GetSecretPolicy(secretARN: "arn:s", region: region)
        #expect(try target(get) == "application/x-amz-json-1.1 secretsmanager.GetResourcePolicy")
        #expect(try read(get, #"{"ResourcePolicy":\#(shown)}"#) == ResourcePolicy(text: policy))
        let put = PutSecretPolicy(secretARN: "arn:s", policy: policy, region: region)
        #expect(try body(put) == #"{"SecretId":"arn:s","ResourcePolicy":\#(shown)}"#)
        let repository = GetRepositoryPolicy(repository: "team/web", registry: account, region: region)
        #expect(try body(repository) == #"{"repositoryName":"team/web","registryId":"123456789012"}"#)
        #expect(try read(repository, #"{"policyText":\#(shown)}"#) == ResourcePolicy(text: policy))
        let set = SetRepositoryPolicy(repository: "team/web", registry: account, policy: policy, region: region)
        let text = try body(set)
        #expect(text.contains(#""policyText":\#(shown)"#) && !text.contains("force"))
    }

    @Test func fileSystems() throws {
        let get = GetFileSystemPolicy(fileSystemID: "fs-1", region: region)
        #expect(try line(get) == "GET /2015-02-01/file-systems/fs-1/policy")
        let put = PutFileSystemPolicy(fileSystemID: "fs-1", policy: policy, region: region)
        #expect(try line(put) == "PUT /2015-02-01/file-systems/fs-1/policy")
        #expect(try body(put) == #"{"Policy":\#(shown)}"#)
    }

    @Test func functionsAndLayers() throws {
        let function = "arn:aws:lambda:us-east-1:123456789012:function:report:live"
        let get = GetFunctionPolicy(functionARN: function, region: region)
        #expect(try line(get).hasPrefix("GET /2026-07-09/resource-policy/arn%3Aaws%3Alambda"))
        #expect(try read(get, #"{"Policy":\#(shown),"RevisionId":"r"}"#).revision == "r")
        let put = PutFunctionPolicy(functionARN: function, policy: policy, revision: "r", region: region)
        #expect(try body(put) == #"{"Policy":\#(shown),"RevisionId":"r"}"#)

        let layer = "arn:aws:lambda:us-east-1:123456789012:layer:common"
        let path = "/2018-10-31/layers/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Alayer%3Acommon/versions/3/policy"
        #expect(try line(GetLayerVersionPolicy(layerARN: layer, version: 3, region: region)) == "GET \(path)")
        let remove = RemoveLayerVersionPermission(
            layerARN: layer,
            version: 3,
            statementID: "partner",
            revision: "r 1",
            region: region
        )
        #expect(try line(remove) == "DELETE \(path)/partner?RevisionId=r 1")
        let add = AddLayerVersionPermission(
            layerARN: layer,
            version: 3,
            permission: LayerVersionPermission(statementID: "org", principal: "*", organization: "o-a1b2c3d4e5"),
            region: region
        )
        #expect(try line(add) == "POST \(path)")
        #expect(
            try body(add)
                == #"{"StatementId":"org","Action":"lambda:GetLayerVersion","Principal":"*","OrganizationId":"o-a1b2c3d4e5"}"#
        )
    }

    @Test func buckets() throws {
        let put = PutBucketPolicy(bucket: "reports", owner: account, policy: policy, region: region)
        #expect(try line(put) == "PUT /reports?policy=")
        #expect(try body(put) == policy)
        let headers = try put.wireRequest().headers
        #expect(headers["x-amz-expected-bucket-owner"] == account)
        #expect(headers["x-amz-checksum-sha256"]?.count == 44)
        #expect(
            try line(DeleteBucketPolicy(bucket: "reports", owner: account, region: region)) == "DELETE /reports?policy="
        )
        let express = PutDirectoryBucketPolicy(bucket: "fast--use1-az4--x-s3", policy: policy, region: region)
        #expect(try express.wireRequest().headers["x-amz-expected-bucket-owner"] == nil)
        #expect(try line(express) == "PUT /fast--use1-az4--x-s3?policy=")
    }

    @Test func publicAccessBlocks() throws {
        var block = PublicAccessBlock()
        (block.blockPublicACLs, block.restrictPublicBuckets) = (true, true)
        let put = PutPublicAccessBlock(bucket: "reports", owner: account, block: block, region: region)
        #expect(
            try body(put)
                == #"<?xml version="1.0" encoding="UTF-8"?>"#
                + #"<PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#
                + "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls>"
                + "<BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>"
                + "</PublicAccessBlockConfiguration>"
        )
        let ofAccount = GetAccountPublicAccessBlock(account: account, region: region)
        #expect(try line(ofAccount) == "GET /v20180820/configuration/publicAccessBlock")
        #expect(ofAccount.hostLabel == account)
        #expect(try ofAccount.wireRequest().headers["x-amz-account-id"] == account)
        #expect(try read(ofAccount, try body(put)) == block)
    }

    @Test func accessControlLists() throws {
        let acl = BucketACL(
            owner: "1",
            ownerName: "R&D <team>",
            grants: [
                BucketACL.Grant(.canonicalUser("1", name: nil), "FULL_CONTROL"),
                BucketACL.Grant(.group("http://acs.amazonaws.com/groups/global/AllUsers"), "READ"),
            ]
        )
        let put = PutBucketACL(bucket: "reports", owner: account, acl: acl, region: region)
        let text = try body(put)
        #expect(text.contains(#"<DisplayName>R&amp;D &lt;team&gt;</DisplayName>"#))
        #expect(text.contains(#"xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>"#))
        let get = GetBucketACL(bucket: "reports", owner: account, region: region)
        #expect(try line(get) == "GET /reports?acl=")
        #expect(try read(get, text) == acl)
        for broken in [
            "<AccessControlPolicy/>", "<Other/>",
            text.replacing("<URI>", with: "<X>").replacing("</URI>", with: "</X>"),
        ] {
            #expect(refusal(get, broken) == .unavailable)
        }
    }

    @Test func snapshots() throws {
        let modify = ModifySnapshotSharing(
            snapshotID: "snap-1",
            isAdding: false,
            whom: ["999988887777"],
            region: region
        )
        #expect(
            try body(modify)
                == "Action=ModifySnapshotAttribute&Version=2016-11-15&SnapshotId=snap-1&Attribute=createVolumePermission"
                + "&OperationType=remove&UserId.1=999988887777"
        )
        let open = ModifySnapshotSharing(snapshotID: "snap-1", isAdding: true, whom: ["all"], region: region)
        #expect(try body(open).hasSuffix("&OperationType=add&UserGroup.1=all"))
        let describe = DescribeSnapshotSharing(snapshotID: "snap-1", region: region)
        let shared = """
            <DescribeSnapshotAttributeResponse><snapshotId>snap-1</snapshotId><createVolumePermission>
            <item><userId>999988887777</userId></item><item><group>all</group></item>
            </createVolumePermission></DescribeSnapshotAttributeResponse>
            """
        #expect(try read(describe, shared) == ["999988887777", "all"])
        let database = ModifyDBSnapshotSharing(identifier: "db", isAdding: false, whom: ["all"], region: region)
        #expect(
            try body(database)
                == "Action=ModifyDBSnapshotAttribute&Version=2014-10-31&DBSnapshotIdentifier=db&AttributeName=restore"
                + "&ValuesToRemove.AttributeValue.1=all"
        )
        let cluster = ModifyDBClusterSnapshotSharing(identifier: "c", isAdding: true, whom: ["1"], region: region)
        #expect(try body(cluster).hasSuffix("&ValuesToAdd.AttributeValue.1=1"))
    }
}
