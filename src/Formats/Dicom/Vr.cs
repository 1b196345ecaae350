namespace Yunnao.Formats.Dicom;

/// <summary>Value representations (PS3.5 6.2). <see cref="None"/> is that of items and delimiters.</summary>
public enum Vr : byte
{
    None, AE, AS, AT, CS, DA, DS, DT, FD, FL, IS, LO, LT, OB, OD, OF, OL, OV, OW, PN, SH, SL, SQ, SS, ST, SV, TM, UC, UI, UL, UN, UR, US, UT, UV,
}
