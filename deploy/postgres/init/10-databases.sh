#!/usr/bin/env bash
# Runs once, on an empty data directory: a database and two roles for each service. The passwords are those that
# nextid-secrets has made.
set -euo pipefail

for service in ${NEXTID_SERVICES:-proof kv}; do
  psql --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname postgres \
    --set ON_ERROR_STOP=1 \
    --set "name=${service}_service" \
    --set "owner=${service}_owner" \
    --set "password_file=/run/secrets/$service-service-password" \
    --set "owner_password_file=/run/secrets/$service-owner-password" \
    --file /etc/nextid/database.sql
done
psql --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname postgres \
  --command 'REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC'
