"""The people of the demo workspace; the first five are the accounts to sign in with."""

from __future__ import annotations

from dataclasses import dataclass

from hadi.domain.permissions import RoleName

DOMAIN = "demo.example"


@dataclass(frozen=True, slots=True)
class Person:
    """`key` is the part of the address before the @."""

    key: str
    name: str
    role: RoleName
    language: str = "en"

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


PEOPLE = (
    Person("admin", "Adam Novak", RoleName.ADMIN),
    Person("lead", "Irina Sokolova", RoleName.MEMBER),
    Person("analyst", "Peter Nagy", RoleName.ANALYST),
    Person("leader", "Helen Marsh", RoleName.LEADER),
    Person("viewer", "Victor Lind", RoleName.VIEWER),
    Person("tom", "Tom Baker", RoleName.MEMBER),
    Person("dina", "Dina Farkas", RoleName.MEMBER),
    Person("katalin", "Katalin Szabó", RoleName.MEMBER, "hu"),
    Person("boris", "Борис Орлов", RoleName.MEMBER, "ru"),
    Person("mia", "Mia Chen", RoleName.ANALYST),
)

SIGN_IN = PEOPLE[:5]
