#!/bin/sh
# Run once by the Postgres image: a database and a role for each service; no role may enter another's database.
set -eu

make() {
  psql --username postgres --set ON_ERROR_STOP=1 --set "name=tumbler_$1" --set "password=$2" <<'SQL'
create role :"name" login password :'password';
create database :"name" owner :"name";
revoke all on database :"name" from public;
SQL
}

make users "$DB_PASSWORD_USERS"
make credentials "$DB_PASSWORD_CREDENTIALS"
make flows "$DB_PASSWORD_FLOWS"
make gateway "$DB_PASSWORD_GATEWAY"
