namespace Yunnao.Standards;

/// <summary>Data types of WS 370: S1 free text, S2 enumerated, S3 coded, N number, L boolean, D date, DT date and time, T time.</summary>
public enum ElementType { S1, S2, S3, N, L, D, DT, T }
