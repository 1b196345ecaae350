namespace Yunnao.Standards.Compile;

/// <summary>A bit of one of the words of a row, both from 0.</summary>
public readonly record struct BitPlace(int Word, int Bit);
