insert into customer (full_name, session_id) values ('Ann', 'none');
