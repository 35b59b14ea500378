// Does nothing: the test programs share its precompiled header, which has to be that of an executable (-fPIE).
int main() { return 0; }
