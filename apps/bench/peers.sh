#!/usr/bin/env bash
# Installs, on Debian, what the network benchmarks compare with and load it with: etcd, Redis, PostgreSQL, NATS and h2load.
# What they start they start themselves: no service of these packages needs to run.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends etcd-server redis-server redis-tools postgresql nats-server nghttp2-client
