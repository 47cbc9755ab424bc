DROP TABLE mirror_evidence;
