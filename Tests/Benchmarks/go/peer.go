// The same work in Go with aws-sdk-go-v2, as a Lambda custom runtime: GetFinding, ListFindings and GetRole side by
// side, UpdateAssumeRolePolicy with one more statement, GetRole to read it back and, for `respond`, Publish. It proves
// and decides nothing, and its response is a part of the case.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	analyzertypes "github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

type event struct {
	Resources []string `json:"resources"`
	Detail    struct {
		ID        string            `json:"id"`
		Resource  string            `json:"resource"`
		Principal map[string]string `json:"principal"`
		Action    []string          `json:"action"`
	} `json:"detail"`
}

type peer struct {
	analyzer *accessanalyzer.Client
	iam      *iam.Client
	sns      *sns.Client
	topic    string
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// The clients come up at the first event, as they do in the bootstrap.
func newPeer(ctx context.Context) *peer {
	settings, err := config.LoadDefaultConfig(ctx)
	check(err)
	if address := os.Getenv("AWS_ENDPOINT_URL"); address != "" {
		settings.EndpointResolverWithOptions = aws.EndpointResolverWithOptionsFunc(
			func(service, region string, options ...interface{}) (aws.Endpoint, error) {
				return aws.Endpoint{URL: address, SigningRegion: "us-east-1", HostnameImmutable: true}, nil
			})
	}
	return &peer{
		analyzer: accessanalyzer.NewFromConfig(settings),
		iam:      iam.NewFromConfig(settings),
		sns:      sns.NewFromConfig(settings),
		topic:    os.Getenv("GATEHOUSE_TOPIC_ARN"),
	}
}

func (p *peer) trustPolicy(ctx context.Context, name string) map[string]interface{} {
	role, err := p.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
	check(err)
	text, err := url.QueryUnescape(aws.ToString(role.Role.AssumeRolePolicyDocument))
	check(err)
	var document map[string]interface{}
	check(json.Unmarshal([]byte(text), &document))
	return document
}

func (p *peer) answer(ctx context.Context, body []byte) []byte {
	var event event
	check(json.Unmarshal(body, &event))
	analyzer := aws.String(event.Resources[0])
	name := event.Detail.Resource[strings.LastIndex(event.Detail.Resource, "/")+1:]
	var before map[string]interface{}
	var reads sync.WaitGroup
	reads.Add(3)
	go func() {
		defer reads.Done()
		_, err := p.analyzer.GetFinding(ctx, &accessanalyzer.GetFindingInput{AnalyzerArn: analyzer, Id: aws.String(event.Detail.ID)})
		check(err)
	}()
	go func() {
		defer reads.Done()
		_, err := p.analyzer.ListFindings(ctx, &accessanalyzer.ListFindingsInput{
			AnalyzerArn: analyzer,
			Filter: map[string]analyzertypes.Criterion{
				"resource": {Eq: []string{event.Detail.Resource}}, "status": {Eq: []string{"ARCHIVED"}},
			},
		})
		check(err)
	}()
	go func() {
		defer reads.Done()
		before = p.trustPolicy(ctx, name)
	}()
	reads.Wait()
	statements, _ := before["Statement"].([]interface{})
	before["Statement"] = append(statements, map[string]interface{}{
		"Sid": "Gatehouse" + strings.ReplaceAll(event.Detail.ID, "-", ""), "Effect": "Deny",
		"Principal": map[string]string{"AWS": "*"}, "Action": event.Detail.Action,
		"Condition": map[string]interface{}{"ArnEquals": map[string]string{"aws:PrincipalArn": event.Detail.Principal["AWS"]}},
	})
	document, err := json.Marshal(before)
	check(err)
	_, err = p.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
		RoleName: aws.String(name), PolicyDocument: aws.String(string(document)),
	})
	check(err)
	after := p.trustPolicy(ctx, name)
	if p.topic != "" {
		_, err = p.sns.Publish(ctx, &sns.PublishInput{
			TopicArn: aws.String(p.topic), Subject: aws.String("BLOCKED"), Message: aws.String(string(document)),
		})
		check(err)
	}
	response, err := json.Marshal(map[string]interface{}{"outcome": "RESOLVED", "after": after})
	check(err)
	return response
}

func main() {
	ctx := context.Background()
	base := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	var work *peer
	for {
		next, err := http.Get(base + "next")
		check(err)
		body, err := io.ReadAll(next.Body)
		check(err)
		next.Body.Close()
		if work == nil {
			work = newPeer(ctx)
		}
		posted, err := http.Post(base+next.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "application/json",
			bytes.NewReader(work.answer(ctx, body)))
		check(err)
		io.Copy(io.Discard, posted.Body)
		posted.Body.Close()
	}
}
