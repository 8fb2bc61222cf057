create table customer (full_name varchar(255) not null primary key, session_id varchar(255));
