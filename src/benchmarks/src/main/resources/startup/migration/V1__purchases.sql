create table purchase (id bigint primary key, customer varchar(255));
