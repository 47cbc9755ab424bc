DROP TABLE subkeys;
