# Needs an AWS provider of the root module's: `provider "aws" { region = … }`. From 6.29 on it knows a permission that holds
# for a function's address alone.
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.29, < 7.0"
    }
  }
}
